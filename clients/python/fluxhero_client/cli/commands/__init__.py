"""One module a family of commands; each is imported when it is run, so that none pays for the others."""
