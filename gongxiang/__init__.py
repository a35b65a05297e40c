"""Gongxiang (共享): a consumption rebate platform whose economy is pure, sourced and replayable."""
