"""What asks a person something before anything is sent."""
