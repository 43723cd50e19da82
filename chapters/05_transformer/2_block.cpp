//: # The block
//:
//: What stands between two tokens of a GPT, where are its parameters, and where does its time go?
//:
//: This section is not written yet. It will build on the attention of chapter 3 and the norm of
//: section 5.1.

void block() {}
