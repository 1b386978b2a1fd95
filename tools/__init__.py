"""What `nox` sessions run that no package ships."""
