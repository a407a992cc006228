"""Answers as data: figures cut to the digits their error allows."""
