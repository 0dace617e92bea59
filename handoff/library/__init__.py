"""What agents write again and again: canned replies, macros, and saved views of the queue."""
