"""A board as a folder of files: pages, data and charts with relative links, for any server or none."""

from leaderboard.static_copy.copier import BoardCopy, copy_board

__all__ = ["BoardCopy", "copy_board"]
