//: # Masks
//:
//: A page without output. It builds on section 3.1.

void masks() {}
