"""What a submission may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds of computing time unless "wall" is in the name.

    Set in the table [limits] of assignment.toml. Wall-clock limits stop counting while the session
    waits for a processor; they are for what sleeps, not for what computes.
    """

    cpu_s: int = 60  # one session: the notebook's cells and the rubric's calls
    wall_s: int = 180
    cell_s: int = 20  # one cell
    cell_wall_s: int = 60
    call_s: int = 10  # one call by the rubric
    call_wall_s: int = 30
    memory_mb: int = 1024  # beyond the 250 MB that the warm process lends
    output_kb: int = 4096
    disk_mb: int = 128
    processes: int = 64  # and threads
    rubric_s: int = 120  # the rubric itself, computing or silent
    rubric_mb: int = 1024  # of memory that the rubric takes while it judges one submission
