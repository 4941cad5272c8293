# Flat losses are taken for an equilibrium.
# fails: test_diagnose
# hints: diagnose-by-losses-alone

# %% grade_id="diagnose"
def diagnose(discriminator_losses, generator_losses, num_covered, num_modes):
    d_last, g_last = (
        np.asarray(losses, "float64")[len(losses) // 2 :]
        for losses in (discriminator_losses, generator_losses)
    )
    if np.mean(g_last) > 3.0:
        return "divergence"
    flat = np.std(d_last) < 0.1 and np.std(g_last) < 0.1
    if flat and abs(np.mean(d_last) - math.log(4.0)) < 0.1:
        return "equilibrium"
    return "collapse" if num_covered < num_modes / 2 else "training"
