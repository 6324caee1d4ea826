"""Work on pixels: the only package that imports Pillow."""
