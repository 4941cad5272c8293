# Hundreds of open figures.
# held by: memory
import matplotlib.pyplot as plt

for _ in range(300):
    plt.figure()
