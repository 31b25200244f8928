"""The desk's pages on which it is decided when a section or a question is asked."""
