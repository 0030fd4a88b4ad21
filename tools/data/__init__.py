"""Tables of any origin, read into one typed shape: an uploaded file today, a connector tomorrow."""
