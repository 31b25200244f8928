"""The results at the desk: what is public of them, publishing them, and every question's table."""
