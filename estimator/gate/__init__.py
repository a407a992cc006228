"""What stands before the page and the door: who is let in, and the headers of every answer."""
