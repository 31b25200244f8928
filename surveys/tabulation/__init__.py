"""From counts to figures. Pure: nothing here asks the database."""
