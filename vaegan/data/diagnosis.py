"""From the spellings of a diagnosis to the labels 0 and 1.

Only two groups are compared: cognitively normal (CN, 0) and Alzheimer's disease (AD, 1). Everything else, such as
MCI, is refused by name: guessing a label would be worse than stopping.
"""

import re

CN, AD = 0, 1
NAMES = {CN: "CN", AD: "AD"}
SPELLINGS = {
    CN: "cn|ctl|control|controls|nc|hc|normal|healthy|healthy control|healthy controls|cognitively normal|"
    "normal control|non-demented|nondemented|0|0.0",
    AD: "ad|dementia|alzheimer|alzheimers|alzheimer's|alzheimer disease|alzheimers disease|alzheimer's disease|"
    "alzheimer's dementia|dat|demented|1|1.0",
}
MISSING = ("", "n/a", "na", "nan", "none", "null")
COLUMNS = ("diagnosis", "group", "dx", "dx_group", "dx_bl", "diagnosis_bl", "label")

# what other studies call the healthy: healthy volunteers, typically developing, unaffected, comparison subjects
CONTROL_LIKE = re.compile(r"contr|ctrl|health|normal|volunteer|^h[cv]\b|^td\b|typical|unaffected|comparison|^con?$|^n$")
_LABELS = {spelling: label for label, spellings in SPELLINGS.items() for spelling in spellings.split("|")}


def read_labels(diagnoses, where, skip=()):
    """Map the diagnosis of each subject to 0 or 1.

    Args:
        diagnoses: dict, subject -> text; "" or "n/a" where there is none.
        where: the file the diagnoses are from, for messages.
        skip: diagnoses that are left out, such as ["MCI"]; "n/a" leaves out those without one.

    Returns:
        dict, subject -> 0 or 1, without the skipped.

    Raises:
        ValueError: if a diagnosis is missing or neither CN nor AD, naming file and subjects.
    """
    skipped = {_plain(text) for text in ([skip] if isinstance(skip, str) else skip)}
    kept = {subject: _plain(text) for subject, text in diagnoses.items() if _plain(text) not in skipped}
    for subject, text in kept.items():
        if text not in _LABELS:
            alike = sum(other == text for other in kept.values())
            found = "no diagnosis" if text == "n/a" else repr(diagnoses[subject].strip())
            name = "n/a" if text == "n/a" else diagnoses[subject].strip()
            raise ValueError(
                f"{where}: the diagnosis of {subject} is not one of the two groups: expected CN (also CTL, control, "
                f"0) or AD (also dementia, 1), received {found} ({alike} of {len(kept)} subjects). "
                f"{_remedy(name, kept.values())}"
            )
    return {subject: _LABELS[text] for subject, text in kept.items()}


def is_known(text):
    """Say whether a text is one of the spellings of CN or AD."""
    return _plain(text) in _LABELS


def _remedy(name, texts):
    """Say what to do; to leave subjects out is an offer only where both groups are there without them."""
    plain = _plain(name)
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?", plain):
        return (
            "A number is a code, and data sets disagree on it (ABIDE writes 1 for patients and 2 for controls): look "
            "it up in the data's description, and write CN or AD into the column."
        )
    missing = [NAMES[label] for label in NAMES if label not in {_LABELS.get(text) for text in texts}]
    if missing:
        return f"No subject is {' or '.join(missing)} yet: if these are, write so; else correct the diagnosis."
    if CONTROL_LIKE.search(plain):
        return "If these are controls, write CN; leaving them out would take the healthy away."
    return f'Correct it, or say skip=["{name}"] to leave these subjects out.'


def _plain(text):
    text = " ".join(str(text).strip().lower().replace("’", "'").split())
    return "n/a" if text in MISSING else text
