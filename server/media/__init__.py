"""Live sound and pictures: who may send and see what, the engines that carry it, and recordings."""
