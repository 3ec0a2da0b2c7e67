"""The disclosure gate: what stands between the national tables and a release.

    known     which cells are open, withheld or unknown to an attacker, in this and in earlier releases
    relations what ties cells together: sums, subsets, the same figure in two data sets, rates
    system    cells between bounds and linear relations; what follows from one relation at a time
    attack    how far each withheld cell can be pinned down (linear and integer programming)
    repair    which further cells would have to be withheld
    scan      whether a number behind a secrecy mark stands anywhere in the files
    gate      all of it as findings, which name cells and never a number that was found out

The intervals that the attack finds are secret like the cells themselves: they leave this package only as
"open" or "protected".
"""
