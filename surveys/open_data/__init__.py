"""Data anybody may use: released figures, published words, and rows nobody can be known by."""
