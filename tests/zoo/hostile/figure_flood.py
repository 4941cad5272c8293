# Hundreds of open figures.
import matplotlib.pyplot as plt

for _ in range(300):
    plt.figure()
