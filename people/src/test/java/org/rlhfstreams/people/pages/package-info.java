/** The pages in a real browser, against a stand-in of the server that can go away and come back. */
package org.rlhfstreams.people.pages;
