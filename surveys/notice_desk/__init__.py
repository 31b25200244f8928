"""The desk's pages of the privacy notice: draft, preview, publish."""
