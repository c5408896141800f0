"""What is made of a feed's packets without a browser: recordings that are evidence, and watches."""
