//: # Masking
//:
//: How is a word kept from listening to a word that it must not hear?
//:
//: This section is not written yet. It will build on the attention of sections 3.2 and 3.3.

void masking() {}
