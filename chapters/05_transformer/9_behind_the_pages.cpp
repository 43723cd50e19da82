//: # Behind the pages

void behind_the_pages() {}
