    import subprocess
    subprocess.run(['/bin/true'])
    return n / 2
