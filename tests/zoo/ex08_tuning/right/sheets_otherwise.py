# Sheets filled in with lists for pairs and shorter windows, other curves that show the same faults, and blanks.

# %% grade_id="reading"
def reading():
    return {
        "student": " student ",
        "A": {"fault": "posterior-collapse", "curve": "val_kl_loss", "epochs": [10, 40]},
        "B": {"fault": "none", "curve": "fresh_loss", "epochs": [30, 40]},
        "C": {"fault": "divergence", "curve": "quality", "epochs": np.array([5, 40])},
        "D": {"fault": "wrong-total ", "curve": "val_loss", "epochs": (20, 30)},
    }


# %% grade_id="experiment"
def experiment():
    return dict(experiment="compare-files", if_first=True, if_second=False)
