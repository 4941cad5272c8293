# Leaves a job for cron, for systemd and for the shell.
# held by: processes
import os
import subprocess

for command in (
    f"echo '* * * * * touch {OUTSIDE}/planted' | crontab -",
    f"systemd-run --user touch {OUTSIDE}/planted",
    f"at now <<< 'touch {OUTSIDE}/planted'",
    f"nohup sh -c 'sleep 5; touch {OUTSIDE}/planted; : {MARKER}' >/dev/null 2>&1 &",
):
    subprocess.run(["/bin/sh", "-c", command], stderr=subprocess.DEVNULL, timeout=5)
print(os.listdir("."))
