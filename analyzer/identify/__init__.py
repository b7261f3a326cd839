"""What tells two people or devices apart, over captures of both."""
