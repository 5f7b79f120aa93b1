"""What comes in from and goes out to the world: folders of submissions, files of grades."""
