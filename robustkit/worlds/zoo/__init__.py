"""The worlds, one small file each, all alike: data, `lay` and `rules`."""
