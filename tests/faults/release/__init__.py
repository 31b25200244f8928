"""An app of the next release, whose migration changes the table that everybody writes to."""
