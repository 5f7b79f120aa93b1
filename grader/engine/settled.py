"""Makes the process cheap to fork that workers and rubrics come from. Imported last, if many will come."""

from grader.inside import pages

pages.settle()
