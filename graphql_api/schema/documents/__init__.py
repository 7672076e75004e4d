"""Documents before they run: which are taken, what they cost, and that they are known.

`rules` says what each field of the contract costs, `measure` counts a document in one
pass, `limits` compares, `prepared` keeps what was found out by the document's text, and
`trusted` knows the documents that an operator allows.
"""
