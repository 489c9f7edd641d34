"""What each screen says, as pure functions of the model."""
