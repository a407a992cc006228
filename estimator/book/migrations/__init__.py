"""How the tables of a book came to be; run when a book is opened."""
