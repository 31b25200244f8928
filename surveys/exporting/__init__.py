"""Data files made in the background: asking, making, downloading, erasing."""
