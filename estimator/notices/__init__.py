"""What happened in the book, told in a chat: the one request that leaves, where a deployment asks for it."""
