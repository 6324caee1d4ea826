"""The parts of the demo's painter: colours, words, brushes, places and subjects.

Everything here is pure: numbers and words in, Pillow pictures out. Randomness comes only from
seeds derived from the prompt, so a prompt always gives the same picture.
"""
