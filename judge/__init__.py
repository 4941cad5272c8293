"""The trusted side of the course: it builds lessons, releases them and judges what comes back."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
