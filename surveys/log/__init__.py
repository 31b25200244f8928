"""The log of the desk: searched and exported."""
