"""What comes in and goes out: folders of submissions, files of grades and results."""
