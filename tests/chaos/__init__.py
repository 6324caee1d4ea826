"""Members ask, everything fails, the process is killed again and again: nobody may be wronged.

`make chaos` runs the real `easel run` against a Discord on sockets and a pretend image service.
All that happens is chosen from a seed. In the end everything calms down, and what each author
sees is compared with the rows, the files, the books and the service's bill.
"""
