"""The contracts, a module each: data classes for their messages, and the class that a driver extends."""
