"""What others measure: rewards inferred from behaviour, distances between rewards."""
