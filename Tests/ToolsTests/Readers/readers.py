"""What Python's readers of LZ4 make of a file: readers.py READER FILE writes it to standard output.

Says "absent" on standard error, and ends with 3, where the reader is not installed.
"""
import sys


def lz4_decompress(path):
    import lz4.frame
    with open(path, "rb") as file:
        return lz4.frame.decompress(file.read())


def lz4_open(path):
    import lz4.frame
    with lz4.frame.open(path) as file:
        return file.read()


def pyarrow(path):
    import pyarrow
    return pyarrow.input_stream(path, compression="lz4").read()


def cramjam(path):
    import cramjam
    with open(path, "rb") as file:
        return bytes(cramjam.lz4.decompress(file.read()))


def imagecodecs(path):
    import imagecodecs
    with open(path, "rb") as file:
        return bytes(imagecodecs.lz4f_decode(file.read()))


try:
    sys.stdout.buffer.write(globals()[sys.argv[1]](sys.argv[2]))
except ImportError as error:
    print(f"absent: {error}", file=sys.stderr)
    sys.exit(3)
