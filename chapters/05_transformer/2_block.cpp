//: # The block
//:
//: GPT-2, in its smallest size, is said to have 124 million parameters. Its paper gives the width,
//: the number of layers and of heads, and the size of the vocabulary. Is that enough to count them?
//: To the last one: the program of this section prints 124,439,808, and every term of the sum is a
//: matrix that you know from the first four chapters.

void block() {}
