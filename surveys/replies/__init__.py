"""“You said, we did”: the public page, its feed and e-mails; writing replies and quotations."""
