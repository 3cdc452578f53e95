"""The element type in which a peer is at its best on this processor."""


def faster():
    """bfloat16 where the processor multiplies it itself; elsewhere PyTorch takes several times as long in it."""
    with open("/proc/cpuinfo") as description:
        abilities = set(description.read().split())
    return "bfloat16" if abilities & {"avx512_bf16", "amx_bf16"} else "float32"
