"""Who has answered so far, against how many there are and how many shall."""
