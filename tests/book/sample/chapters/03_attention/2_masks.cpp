//: # Masks
//:
//: A page without output. It builds on section 3.1 and on exercise 3.1a.

void masks() {}
