package com.acme;
public class Other { private String id; }
