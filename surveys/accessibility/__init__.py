"""What the last audit of accessibility found, and the statement that follows from it."""
